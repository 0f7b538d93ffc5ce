#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/staging.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=shop
stage=staging
account=222222222222
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 data app web-web)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare shop.example.com')
# host, and the region, stack and output of what it leads to
hosts=('staging.shop.example.com eu-west-1 shop-staging-web-web WebDnsTarget DNS-only')
is_protected=''

usage() {
    cat <<'END'
teardown.sh staging: deletes staging. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect staging
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
    remove data
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-web)
            in_region eu-west-1 shop-staging-web-web
            empties WebBucket
            ;;
        app)
            in_region eu-west-1 shop-staging-app
            ;;
        data)
            in_region eu-west-1 shop-staging-data
            ;;
        certificates.us-east-1)
            in_region us-east-1 shop-staging-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
