"""A check in words: terminal, HTML, Markdown, JSON, JUnit and SARIF."""
