//! The site: Next.js on functions, one server kept warm where people are, what its build and its server are told.

use serde_json::json;

use super::{all, read};

#[test]
fn the_site_is_next_js_on_functions() {
    for (said, stage) in all() {
        stage.says(&[
            ("CarsWebServer.Description", json!("Next.js 15 with the App Router")),
            ("CarsWebServer.Runtime", json!("nodejs22.x")),
            ("CarsWebServer.Architectures", json!(["arm64"])),
            ("CarsWebServer.MemorySize", json!(1024)),
            // Files and pages are the bucket's, which is nobody's but CloudFront's and the site's.
            ("CarsWebBucket.PublicAccessBlockConfiguration.RestrictPublicBuckets", json!(true)),
            ("CarsWebBucket.BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled", json!(true)),
            ("CarsWebRevalidationQueue.FifoQueue", json!(true)),
        ]);
        // What reaches the functions: signed by CloudFront on stages that stay. Code at the edge would outlive a preview by hours.
        let access = if said.is_permanent { "AWS_IAM" } else { "NONE" };
        stage.says(&[("CarsWebServerUrl.AuthType", json!(access))]);
        assert_eq!(stage.files.contains_key("edge.us-east-1.yaml"), said.is_permanent, "{}", said.stage);
    }
}

#[test]
fn one_server_is_kept_warm_where_people_are() {
    for (said, stage) in all() {
        let schedules = stage.ids("AWS::Scheduler::Schedule");
        assert_eq!(schedules.contains("CarsWebWarmServer"), said.is_permanent, "{}: {schedules:?}", said.stage);
        if said.is_permanent {
            stage.says(&[
                ("CarsWebWarmServer.ScheduleExpression", json!("rate(5 minutes)")),
                ("CarsWebWarmServer.State", json!("ENABLED")),
            ]);
            let input: serde_json::Value =
                serde_json::from_str(stage.at("CarsWebWarmServer.Target.Input").as_str().unwrap()).unwrap();
            assert_eq!((&input["type"], &input["concurrency"]), (&json!("warmer"), &json!(1)));
        }
    }
}

#[test]
fn the_server_is_told_what_the_document_lists() {
    for (said, stage) in all() {
        let variables = stage.at("CarsWebServer.Environment.Variables").as_object().unwrap();
        let secret = |name: &str| {
            json!(format!("{{{{resolve:secretsmanager:sgcarstrends/{}:SecretString:{name}}}}}", said.secrets))
        };
        for (name, value) in [
            ("TZ", json!("Asia/Singapore")),
            ("DATABASE_URL", secret("DatabaseUrl")),
            ("SG_CARS_TRENDS_API_TOKEN", secret("SgCarsTrendsApiToken")),
            ("UPSTASH_REDIS_REST_URL", secret("UpstashRedisRestUrl")),
            ("UPSTASH_REDIS_REST_TOKEN", secret("UpstashRedisRestToken")),
        ] {
            assert_eq!(variables[name], value, "{}: {name}", said.stage);
        }
        // What is baked into pages belongs to the build.
        assert!(variables.keys().all(|name| !name.starts_with("NEXT_PUBLIC_")), "{variables:?}");
        // The rest is OpenNext's: where pages, tags and the queue are.
        let own = ["CACHE_", "REVALIDATION_"];
        let others = variables.keys().filter(|name| !own.iter().any(|of| name.starts_with(of))).count();
        assert_eq!(others, 5, "{variables:?}");
    }
}

#[test]
fn the_build_is_told_public_values_of_its_stage() {
    for (said, _) in all() {
        let env = read(&format!("out/{}/cars-web.build.env", said.stage));
        let lines: Vec<&str> = env.lines().skip(2).collect();
        let (stage, api, of) = (said.stage, said.api, said.secrets);
        assert_eq!(
            lines,
            [
                format!("NEXT_PUBLIC_API_URL=https://{api}"),
                format!("NEXT_PUBLIC_APP_ENV={stage}"),
                format!(
                    "# NEXT_PUBLIC_REVALIDATE_TOKEN is filled when deployed: <RevalidateToken of the secret sgcarstrends/{of}>"
                ),
                format!("STAGE={stage}"),
            ]
        );
    }
}
