#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=ferry
stage=production
account=
lifetime=permanent
home=ap-southeast-1
regions=(ap-northeast-1 ap-southeast-1 us-east-1)
stacks=(certificates.us-east-1 data app.ap-northeast-1 app web-front web-front.ap-northeast-1)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare ferry.example')
# host, and the region, stack and output of what it leads to
hosts=('ferry.example ap-southeast-1 ferry-production-web-front FrontDnsTarget DNS-only')
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
    remove web-front.ap-northeast-1
    remove web-front
    remove app
    remove app.ap-northeast-1
    remove data
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        web-front.ap-northeast-1)
            in_region ap-northeast-1 ferry-production-web-front
            ;;
        web-front)
            in_region ap-southeast-1 ferry-production-web-front
            ;;
        app)
            in_region ap-southeast-1 ferry-production-app
            keeps BookingsLogs AWS::Logs::LogGroup
            keeps HarboursLogs AWS::Logs::LogGroup
            keeps TimetableLogs AWS::Logs::LogGroup
            ;;
        app.ap-northeast-1)
            in_region ap-northeast-1 ferry-production-app
            keeps HarboursApNortheast1Logs AWS::Logs::LogGroup
            keeps TimetableApNortheast1Logs AWS::Logs::LogGroup
            ;;
        data)
            in_region ap-southeast-1 ferry-production-data
            keeps Departures AWS::DynamoDB::Table
            ;;
        certificates.us-east-1)
            in_region us-east-1 ferry-production-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
