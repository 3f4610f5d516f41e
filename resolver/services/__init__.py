"""The services that come with the resolver (内置服务), declared in ``ereader.services`` like a stranger's."""
