"""What the reports share: files, pages, values, timelines."""
