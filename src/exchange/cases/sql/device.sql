SELECT deviceName() AS name, productKey() AS product, timestamp() AS at, newuuid() AS id FROM "/plant/+/user/report"
