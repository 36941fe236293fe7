SELECT t FROM "house/+/climate"
WHERE t >
