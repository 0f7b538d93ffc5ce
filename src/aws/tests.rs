use super::*;

#[test]
fn every_type_decodes_to_its_end() {
    let data = Data::get().expect("the file is what the reader takes it for");
    for at in 0..data.types() {
        assert!(decode(data, at).is_some(), "{:?}", data.name(at));
    }
    assert!(resource_types().is_sorted());
    assert!(regions().is_sorted() && regions().count() < 64);
}

#[test]
fn a_cluster_is_replaced_by_what_cannot_change() {
    let cluster = resource_type("AWS::RDS::DBCluster").expect("it is known");
    let replaces = |name: &str| cluster.create_only.iter().any(|path| path.holds(&[name]));
    assert!(replaces("KmsKeyId") && replaces("DatabaseName"));
    assert!(!replaces("BackupRetentionPeriod"));
    assert!(cluster.conditional_create_only.contains(&Path::new("Engine")));
    assert!(cluster.has_attribute("Endpoint.Address"));
    assert!(!cluster.has_attribute("Endpoint.Adress"));
    assert!(cluster.at(&["ServerlessV2ScalingConfiguration", "MinCapacity"]).is_some());
    assert!(cluster.stateful);
}

#[test]
fn where_a_type_can_be_made() {
    let url = resource_type("AWS::Budgets::Budget").expect("it is known");
    assert!(url.stands_in("us-east-1") && !url.stands_in("eu-north-1"));
    assert!(url.stands_in("mars-north-1"), "nothing is known of it");
    assert!(resource_type("AWS::Budgets::Budgets").is_none());
}

#[test]
fn a_path_holds_what_is_below_it() {
    let path = Path::new("KeySchema/*/AttributeName");
    assert!(path.holds(&["KeySchema", "0", "AttributeName"]));
    assert!(!path.holds(&["KeySchema", "0"]));
}

#[test]
fn whoever_changes_the_packages_changes_their_day() {
    assert_eq!(source(), "@aws-cdk/aws-service-spec 0.1.216, cfn-lint 1.58.0 (2026-09-29)");
}

#[test]
fn a_type_that_is_near() {
    assert_eq!(nearest("AWS::SQS::Qeue"), Some("AWS::SQS::Queue"));
    assert_eq!(nearest("AWS::RDBS::DBCluster"), Some("AWS::RDS::DBCluster"));
    assert_eq!(nearest("AWS::Mail::Sender"), None);
}

/// Every page tells every property, and ends.
#[test]
fn every_type_has_a_page() {
    for name in resource_types() {
        let of = resource_type(name).expect("it is listed");
        let page = of.page(None);
        let missing = of
            .properties()
            .find(|name| !page.contains(&format!("\n  {name} ")) && !page.contains(&format!("\n  {name}\n")));
        assert_eq!(missing, None, "{name}");
        let many = page.lines().count();
        assert!(many < 8000, "{name}: {many} lines");
    }
}
