"""The facilitator's pages: runs, the door, presence, grading."""
