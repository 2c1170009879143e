"""Same or different, and is the difference known?"""
