SELECT foo(t), deviceName() AS d,
  t + 'x' AS sum
FROM "house/+/climate"
WHERE t > 'a' AND on = NULL
GROUP BY t
