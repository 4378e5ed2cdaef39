"""Policy support: policies as data, what an enterprise meets, its applications, budgets and awards."""
