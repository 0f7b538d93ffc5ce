#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/staging.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=reggie
stage=staging
account=123456789012
lifetime=permanent
home=eu-west-2
regions=(eu-west-2 us-east-1)
stacks=(certificates certificates.us-east-1 network data jobs app edge.us-east-1 web-reggie-admin web-reggie-web)
certificate_stacks=(certificates certificates.us-east-1)
zones=('cloudflare getreggie.io')
# host, and the region, stack and output of what it leads to
hosts=(
    'staging.getreggie.io eu-west-2 reggie-staging-web-reggie-web ReggieWebDnsTarget proxied'
    'staging-admin.getreggie.io eu-west-2 reggie-staging-web-reggie-admin ReggieAdminDnsTarget proxied'
    'staging-api.getreggie.io eu-west-2 reggie-staging-app ReggieApiDnsTarget proxied'
)
is_protected=yes

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
    remove web-reggie-web
    remove web-reggie-admin
    remove edge.us-east-1
    remove app
    remove jobs
    remove data
    remove network
    remove certificates.us-east-1
    remove certificates
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-reggie-web)
            in_region eu-west-2 reggie-staging-web-reggie-web
            empties ReggieWebBucket
            ;;
        web-reggie-admin)
            in_region eu-west-2 reggie-staging-web-reggie-admin
            empties ReggieAdminBucket
            ;;
        edge.us-east-1)
            in_region us-east-1 reggie-staging-edge
            keeps ReggieAdminSignerRole AWS::IAM::Role
            keeps ReggieAdminSigner AWS::Lambda::Function
            keeps ReggieWebSignerRole AWS::IAM::Role
            keeps ReggieWebSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        app)
            in_region eu-west-2 reggie-staging-app
            ;;
        jobs)
            in_region eu-west-2 reggie-staging-jobs
            ;;
        data)
            in_region eu-west-2 reggie-staging-data
            lifts cluster ReggieDbCluster
            ;;
        network)
            in_region eu-west-2 reggie-staging-network
            ;;
        certificates.us-east-1)
            in_region us-east-1 reggie-staging-certificates
            ;;
        certificates)
            in_region eu-west-2 reggie-staging-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
