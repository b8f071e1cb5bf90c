"""What runs on a site: the tasks of its apps, and what starts them by the clock."""
