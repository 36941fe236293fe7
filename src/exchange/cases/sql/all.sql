SELECT * FROM "bench/#", "plant/+/raw" WHERE a BETWEEN 1 AND 5 AND b IN (1, 2, 3) AND c > d
