"""Pages made to be measured, or deliberately naive; not for study."""
