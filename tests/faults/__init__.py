"""`make faults`: real processes killed, frozen and lied to under load, and a checker that knows none of them."""
