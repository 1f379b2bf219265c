"""pyftpdlib as its documentation starts it. Reads its settings as JSON from its arguments; says its port."""

import json
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

settings = json.loads(sys.argv[1])
handler = FTPHandler
if settings["pem"]:
    handler = TLS_FTPHandler
    handler.certfile = settings["pem"]
    handler.tls_control_required = True
    handler.tls_data_required = True
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_user(settings["user"], settings["password"], settings["root"], perm="elradfmwMT")
server = FTPServer(("127.0.0.1", 0), handler, backlog=512)
server.max_cons = 10000
print(server.address[1], flush=True)
server.serve_forever()
