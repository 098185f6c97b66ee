"""What readers of the channel see: pages in their language, feeds, and what whoever shares them is told."""
