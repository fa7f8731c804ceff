"""The one box, in the frame of every page: an order by whatever a caller says, in every channel of the person."""
