#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=market
stage=production
account=123456789012
lifetime=permanent
home=ap-southeast-1
regions=(ap-southeast-1 us-east-1)
stacks=(certificates certificates.us-east-1 app web-web)
certificate_stacks=(certificates certificates.us-east-1)
zones=(
    'cloudflare market.example'
    'none partner.example'
)
# host, and the region, stack and output of what it leads to
hosts=(
    'market.example ap-southeast-1 market-production-web-web WebDnsTarget proxied'
    'api.market.example ap-southeast-1 market-production-app ApiDnsTarget proxied'
    'www.market.example ap-southeast-1 market-production-web-web WebDnsTarget proxied'
    'feed.partner.example ap-southeast-1 market-production-app FeedDnsTarget'
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
    remove web-web
    remove app
    remove certificates.us-east-1
    remove certificates
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-web)
            in_region ap-southeast-1 market-production-web-web
            keeps WebBucket AWS::S3::Bucket
            ;;
        app)
            in_region ap-southeast-1 market-production-app
            keeps HandlerLogs AWS::Logs::LogGroup
            ;;
        certificates.us-east-1)
            in_region us-east-1 market-production-certificates
            ;;
        certificates)
            in_region ap-southeast-1 market-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
