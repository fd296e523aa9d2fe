"""The rules of dispatch: tasks, their clocks, the facts that open and end them, the people who do them."""
