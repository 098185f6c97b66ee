"""What readers of the channel see: pages in their language, feeds, and what is said to whoever shares them."""
