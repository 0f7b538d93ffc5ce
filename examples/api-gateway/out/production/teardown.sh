#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=car-facts
stage=production
account=123456789012
lifetime=permanent
home=ap-southeast-1
regions=(ap-southeast-1)
stacks=(network app)
certificate_stacks=()
zones=()
# host, and the region, stack and output of what it leads to
hosts=()
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
    step 'Stacks'
    remove app
    remove network
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        app)
            in_region ap-southeast-1 car-facts-production-app
            keeps FactsLogs AWS::Logs::LogGroup
            keeps PartnersLogs AWS::Logs::LogGroup
            ;;
        network)
            in_region ap-southeast-1 car-facts-production-network
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
