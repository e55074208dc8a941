"""What stands behind a run, so far as the environment says."""

import os

from byocplan.cli.wiring import forget_aws_identity


def test_nothing_of_an_aws_identity_is_left_and_where_s3_is_stays() -> None:
    names = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "ROLE_ARN", "WEB_IDENTITY_TOKEN_FILE")
    environment = {f"AWS_{name}": "canary" for name in (*names, "CONTAINER_CREDENTIALS_FULL_URI")}
    environment |= {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_REGION": "eu-central-1"}

    forget_aws_identity(environment)

    assert environment == {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
