#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/production.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=tickets
stage=production
account=
lifetime=permanent
home=eu-west-2
regions=(eu-west-2)
stacks=(network data app)
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
    remove data
    remove network
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        app)
            in_region eu-west-2 tickets-production-app
            keeps CounterLogs AWS::Logs::LogGroup
            keeps Seal AWS::KMS::Key
            ;;
        data)
            in_region eu-west-2 tickets-production-data
            keeps Mails AWS::SQS::Queue
            keeps MailsDeadLetters AWS::SQS::Queue
            keeps SalesParameters17 AWS::RDS::DBClusterParameterGroup
            keeps SalesCluster AWS::RDS::DBCluster
            keeps SalesSecret AWS::SecretsManager::Secret
            keeps SalesSubnetGroup AWS::RDS::DBSubnetGroup
            keeps SalesSecurityGroup AWS::EC2::SecurityGroup
            ;;
        network)
            in_region eu-west-2 tickets-production-network
            needed_by SalesSecurityGroup
            needed_by SalesSubnetGroup
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
