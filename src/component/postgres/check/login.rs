//! The password, what a snapshot brings with it, and TLS.

use crate::component::Context;
use crate::component::postgres::Settings;
use crate::diag::{Code, Diagnostic, quote_list};
use crate::manifest::Store;
use crate::value::{Kind, Symbol};

/// `CFN130`: a password that cannot be resolved everywhere, or stands in the manifest.
pub const CFN130: Code = Code {
    id: "CFN130",
    explanation: "the password of a database must come from Secrets Manager\n\n\
        A password in the manifest would stand in git. One in the SSM Parameter Store is a SecureString, which \
        CloudFormation resolves for the database alone, and not for the functions that are given `url`. So a password \
        is `${secrets.Name.value}` of a secret with `store: secrets_manager`.\n\n\
        Best leave `password` out: then CloudFormation generates one that nobody has ever seen.",
};

/// `CFN131`: a snapshot brings what the manifest only supposes.
pub const CFN131: Code = Code {
    id: "CFN131",
    explanation: "a snapshot brings its own database and user, and the manifest does not name them\n\n\
        A database that starts from a snapshot keeps the names in it: CloudFormation makes neither user nor database \
        beside a snapshot. Only the password is set anew. `database` and `username` then say what the snapshot \
        holds, because `url` and the secret are made of them, and their defaults would be guesses. Source: \
        `SnapshotIdentifier` and `DBSnapshotIdentifier`, CloudFormation Template Reference.\n\n\
        Write both. `aws rds describe-db-clusters` (or `describe-db-instances`) on the old database shows them.",
};

/// `CFN137`: connections without TLS are let in.
pub const CFN137: Code = Code {
    id: "CFN137",
    explanation: "the database lets in connections without TLS\n\n\
        `rds.force_ssl` is `1` unless `parameters` says otherwise: passwords and data then never cross the network in \
        the clear, whatever a client asks for. `url` asks for TLS in any case, so that switching it off helps only \
        clients that cannot speak it.",
};

impl Settings {
    pub(super) fn check_login(&self, on: &Context<'_>) {
        self.check_password(on);
        self.check_restore(on);
        if let Some(force) = self.parameters.get("rds.force_ssl").filter(|force| force.value == "0") {
            let title = format!("`{}` lets in connections without TLS", on.name);
            on.report(
                on.at(Diagnostic::warning(CFN137, title), force.origin, "TLS is no longer required")
                    .note("`rds.force_ssl` is `1` unless written; `url` asks for TLS in any case")
                    .help("remove it, and give clients `sslmode=require`"),
            );
        }
    }

    fn check_password(&self, on: &Context<'_>) {
        let Some(password) = &self.password else { return };
        let Kind::Ref(Symbol::Secret { name, attribute }) = &password.0.kind else {
            let title = format!("`password` of `{}` is no `value` of a secret", on.name);
            let mut diagnostic = on.at(Diagnostic::error(CFN130, title), password.0.origin, "not from Secrets Manager");
            // A message must not print a password, nor one that it overrides.
            diagnostic.hidden = on.origins.spans(password.0.origin);
            return on.report(
                diagnostic
                    .help("remove `password`, and one is generated")
                    .help("or write `${secrets.Name.value}` of a secret with `store: secrets_manager`"),
            );
        };
        if attribute != "value" {
            let title = format!("`password` of `{}` is the `{attribute}` of the secret `{name}`", on.name);
            let meant = format!("${{secrets.{name}.value}}");
            let diagnostic = on.at(Diagnostic::error(CFN130, title), password.0.origin, "not the secret itself");
            let diagnostic = diagnostic.help(format!("write `{meant}`"));
            // Of another store it would be no better.
            let fits = on.secrets.get(name).is_some_and(|s| s.store.value == Store::SecretsManager);
            return on.report(match fits {
                true => on.repair(diagnostic, password.0.origin, &meant),
                false => diagnostic.help(format!("and `store: secrets_manager` at the secret `{name}`")),
            });
        }
        // A secret that is not declared is reported where references are checked.
        let Some(secret) = on.secrets.get(name) else { return };
        if secret.store.value != Store::SecretsManager {
            let title = format!("`password` of `{}` is the secret `{name}`, which is not in Secrets Manager", on.name);
            on.report(
                on.at(Diagnostic::error(CFN130, title), password.0.origin, "from the SSM Parameter Store")
                    .context_if_known(on.origins, Some(secret.purpose.origin), "the secret is declared here")
                    .note(
                        "CloudFormation resolves a SecureString for the database, but not for a function's environment",
                    )
                    .help(format!("write `store: secrets_manager` at the secret `{name}`")),
            );
        }
    }

    fn check_restore(&self, on: &Context<'_>) {
        let Some(snapshot) = &self.restore_from else { return };
        let missing: Vec<&str> =
            [("database", self.database.is_none()), ("username", on.origins.is_default(self.username.origin))]
                .into_iter()
                .filter_map(|(setting, missing)| missing.then_some(setting))
                .collect();
        if !missing.is_empty() {
            let title = format!("`{}` starts from a snapshot, and does not say its {}", on.name, quote_list(&missing));
            on.report(
                on.at(Diagnostic::error(CFN131, title), snapshot.origin, "brings its own database and user")
                    .note("CloudFormation makes neither a user nor a database beside a snapshot")
                    .help(format!("write {} as the snapshot has it", quote_list(&missing))),
            );
        }
    }
}
