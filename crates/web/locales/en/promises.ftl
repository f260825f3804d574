calendar-main = The office's calendar
field-year = Year
