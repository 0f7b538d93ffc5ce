"""The aws CLI, loaded once and then forked for each call: of the time that a call takes, four fifths go into loading it. What runs in the child is the
CLI's own main, with the arguments, the environment, the folder and the open files of whoever called.

    cli.py serve SOCKET        until it is ended
    cli.py call SOCKET WORD…   in the place of `aws WORD…`; ends as that does
"""

import array
import functools
import json
import os
import signal
import socket
import sys
import traceback

LONGEST = 600  # seconds that a call may take
SERVICES = ("acm", "cloudformation", "cloudfront", "dynamodb", "ecr", "lambda", "rds", "s3", "secretsmanager", "ssm", "sts")


def call(path: str, words: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        asked = json.dumps({"words": words, "env": dict(os.environ), "cwd": os.getcwd()}, ensure_ascii=True).encode()
        server.sendmsg([len(asked).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
        server.sendall(asked)
        ended = server.recv(1)
    return ended[0] if ended else 70


def serve(path: str) -> None:
    import awscli.clidriver
    import awscli.customizations.cloudformation.deploy
    import awscli.customizations.s3.subcommands  # noqa: F401
    from botocore import session as sessions  # the CLI's own

    # What is read of a service is read here, before there are children.
    sessions.create_loader = functools.cache(sessions.create_loader)
    session = awscli.clidriver.create_clidriver().session
    for service in SERVICES:
        session.create_client(service, region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(64)
        while True:
            caller, _ = server.accept()
            if os.fork() == 0:
                server.close()
                answer(caller)
            caller.close()


def answer(caller: socket.socket) -> None:
    """In the child: becomes the caller, as far as the CLI can see, and never comes back."""
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.alarm(LONGEST)
        size, files, _, _ = socket.recv_fds(caller, 4, 3)
        asked = json.loads(caller.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
        for at, file in enumerate(files):
            os.dup2(file, at)
        for file in files:
            if file > 2:
                os.close(file)
        os.chdir(asked["cwd"])
        data = os.environ["AWS_DATA_PATH"]  # the CLI's own, which it says itself when it is loaded
        os.environ.clear()
        os.environ.update(asked["env"], AWS_DATA_PATH=data)
        sys.argv[:] = ["aws", *asked["words"]]
        import awscli.clidriver

        code = awscli.clidriver.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(bytes([code & 255]))
        os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.exit(call(sys.argv[2], sys.argv[3:]))
