"""What the document of an order means in terms of the trade. Pure: nobody is asked here."""
