#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/dev.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=sgcarstrends
stage=dev
account=123456789012
lifetime=permanent
home=ap-southeast-1
regions=(ap-southeast-1 us-east-1)
stacks=(certificates.us-east-1 app edge.us-east-1 web-cars-web web-cars-router monitoring monitoring.us-east-1)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare sgcarstrends.com')
# host, and the region, stack and output of what it leads to
hosts=(
    'dev.sgcarstrends.com ap-southeast-1 sgcarstrends-dev-web-cars-router CarsRouterWebDnsTarget proxied'
    'api.dev.sgcarstrends.com ap-southeast-1 sgcarstrends-dev-web-cars-router CarsRouterApiDnsTarget DNS-only'
)
is_protected=''

usage() {
    cat <<'END'
teardown.sh dev: deletes dev. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect dev
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
    remove monitoring.us-east-1
    remove monitoring
    remove web-cars-router
    remove web-cars-web
    remove edge.us-east-1
    remove app
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        monitoring.us-east-1)
            in_region us-east-1 sgcarstrends-dev-monitoring
            ;;
        monitoring)
            in_region ap-southeast-1 sgcarstrends-dev-monitoring
            ;;
        web-cars-router)
            in_region ap-southeast-1 sgcarstrends-dev-web-cars-router
            ;;
        web-cars-web)
            in_region ap-southeast-1 sgcarstrends-dev-web-cars-web
            empties CarsWebBucket
            ;;
        edge.us-east-1)
            in_region us-east-1 sgcarstrends-dev-edge
            keeps CarsWebSignerRole AWS::IAM::Role
            keeps CarsWebSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        app)
            in_region ap-southeast-1 sgcarstrends-dev-app
            ;;
        certificates.us-east-1)
            in_region us-east-1 sgcarstrends-dev-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
