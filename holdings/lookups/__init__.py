"""The plug-ins that ask libraries' systems what is available (实时馆藏查询插件)."""
