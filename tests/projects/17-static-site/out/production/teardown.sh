#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=handbook
stage=production
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 data web-console web-docs app)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare handbook.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'docs.handbook.example eu-west-1 handbook-production-web-docs DocsDnsTarget DNS-only'
    'help.handbook.example eu-west-1 handbook-production-web-docs DocsDnsTarget DNS-only'
)
is_protected=yes

usage() {
    cat <<'END'
teardown.sh production: deletes production. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect production
                        lift termination protection and deletion protection; without it, what is protected is refused
    --records-gone      the records of its hosts are deleted already
    --delete NAME, --allow-delete N
                        for records: see `reggie-cfn dns diff --help`
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed

It may be run again at any time, and goes on where it stopped. Code at the edge of CloudFront can be deleted some hours after its
distribution: then it ends with 3, and is run once more.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    agree
    step 'Records'
    take_hosts
    step 'Stacks'
    remove app
    remove web-docs
    remove web-console
    remove data
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        app)
            in_region eu-west-1 handbook-production-app
            keeps FindLogs AWS::Logs::LogGroup
            keeps PublishLogs AWS::Logs::LogGroup
            ;;
        web-docs)
            in_region eu-west-1 handbook-production-web-docs
            keeps DocsBucket AWS::S3::Bucket
            ;;
        web-console)
            in_region eu-west-1 handbook-production-web-console
            keeps ConsoleBucket AWS::S3::Bucket
            ;;
        data)
            in_region eu-west-1 handbook-production-data
            keeps AccessLogs AWS::S3::Bucket
            ;;
        certificates.us-east-1)
            in_region us-east-1 handbook-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
