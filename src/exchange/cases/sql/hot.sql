SELECT t AS temperature, payload.meta.unit, topic(2) AS device, round(t * 1.8 + 32, 1) AS fahrenheit,
  CASE WHEN t > 35 THEN 'high' ELSE 'normal' END AS level, items[1].v AS first, 'a{b}' AS note, NULL AS nothing
INTO "house/{1}/hot"
FROM "house/+/climate"
WHERE t >= 28 AND (mode = 'auto' OR NOT locked = true) AND seq IS NOT NULL
