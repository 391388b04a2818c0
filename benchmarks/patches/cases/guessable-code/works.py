import flawed

assert all(100000 <= int(flawed.one_time_password()) <= 999999 for _ in range(2000))
