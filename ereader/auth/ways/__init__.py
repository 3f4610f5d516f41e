"""Ways of signing in that come with the product (内置登录方式)."""
