"""The pages, in a browser: whole journeys, accessibility, narrow screens, keyboard alone, without script."""
