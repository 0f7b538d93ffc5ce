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
tags=(project=ferry stage=production)

usage() {
    cat <<'END'
deploy.sh: deploys production. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {"Parameters": {"NAME": "VALUE"}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect production
                        lift termination protection where the stage no longer says `protect`
    --releases          list the releases that were deployed
    --rollback RELEASE  deploy one of them again, with the templates as they are; functions that run once are not called
    --adopt NAME        take over a record that nobody owns; --delete NAME, --allow-delete N: see `reggie-cfn dns diff --help`

Needs bash and the aws CLI. With reggie-cfn on the PATH it packages the release and, with CLOUDFLARE_TOKEN set, sets records at
Cloudflare; without, it takes --release FILE and prints the records to set.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    bootstrap ap-northeast-1 ap-southeast-1
    step 'Secrets and inputs'
    secrets required ssm /ferry/production MapKey
    secrets required secrets_manager ferry/production OriginKey
    secrets_in ap-northeast-1 required ssm /ferry/production MapKey
    secrets_in ap-northeast-1 required secrets_manager ferry/production OriginKey
    step 'Release'
    former
    release Bookings:BookingsCode Harbours:HarboursCode HarboursApNortheast1:HarboursApNortheast1Code \
        Timetable:TimetableCode TimetableApNortheast1:TimetableApNortheast1Code
    step 'Certificates'
    certificates
    step 'Stack data'
    stack data
    step 'Stack app.ap-northeast-1'
    stack app.ap-northeast-1
    step 'Stack app'
    stack app
    step 'Stack web-front'
    stack web-front
    step 'Stack web-front.ap-northeast-1'
    stack web-front.ap-northeast-1
    step 'Records'
    records
    step 'Done'
    finish
}

# What each stack is deployed with.
describe() { # STACK
    case $1 in
        certificates.us-east-1)
            in_region us-east-1 ferry-production-certificates certificates.us-east-1.yaml
            protected
            ;;
        data)
            in_region ap-southeast-1 ferry-production-data data.yaml
            protected
            policy data.policy.json
            ;;
        app.ap-northeast-1)
            in_region ap-northeast-1 ferry-production-app app.ap-northeast-1.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket ap-northeast-1 ferry-bootstrap ArtifactBucket
            from_output DeparturesArn ap-southeast-1 ferry-production-data DeparturesArn
            from_output DeparturesName ap-southeast-1 ferry-production-data DeparturesName
            from_release HarboursApNortheast1Code
            from_release TimetableApNortheast1Code
            ;;
        app)
            in_region ap-southeast-1 ferry-production-app app.yaml
            protected
            capability CAPABILITY_IAM
            from_output ArtifactBucket ap-southeast-1 ferry-bootstrap ArtifactBucket
            from_release BookingsCode
            from_release HarboursCode
            from_release TimetableCode
            ;;
        web-front)
            in_region ap-southeast-1 ferry-production-web-front web-front.yaml
            protected
            from_output FrontCertificateArnMain us-east-1 ferry-production-certificates FrontCertificateArnMain
            from_output HarboursApNortheast1Host ap-northeast-1 ferry-production-app HarboursApNortheast1Host
            from_output TimetableApNortheast1Host ap-northeast-1 ferry-production-app TimetableApNortheast1Host
            ;;
        web-front.ap-northeast-1)
            in_region ap-northeast-1 ferry-production-web-front web-front.ap-northeast-1.yaml
            protected
            from_output FrontDistributionArn ap-southeast-1 ferry-production-web-front FrontDistributionArn
            ;;
    esac
}

# Where the files of each site go.
site() { return 1; } # there is no site

# shellcheck source=../_bootstrap/deploy.sh
source "$here/../_bootstrap/deploy.sh"
main "$@"
