"""The shape of what a facilitator sends."""
