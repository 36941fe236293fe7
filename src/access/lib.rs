//! Northbound device access: devices with an identity of their own log in here, over the embedded MQTT broker or HTTP.
