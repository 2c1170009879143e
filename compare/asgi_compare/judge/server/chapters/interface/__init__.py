"""What crosses between server and application, and when."""
