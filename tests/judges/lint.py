"""Judge: cfn-lint, with every rule and strict types, on every committed template, each for its own region.

`lint.py [PROJECT]`, by default this repository. All templates share one process: its start costs as much as 160 resources.
"""

import importlib.metadata

from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from cfnlint.runner.template import run_template_by_file_path

import project

judged = project.templates()
found, rules, known = [], {}, set()
for template in judged:
    config = ConfigMixIn(
        regions=[template.region],
        include_checks=["I"],
        mandatory_checks=["E", "W", "I"],  # the template hides nothing; `project.verdict` weighs its exceptions
        configure_rules={"E3012": {"strict": True}},
        templates=[str(template.path)],
    )
    if template.region not in rules:
        rules[template.region] = Runner(config).rules
        known.update(rules[template.region])
    for match in run_template_by_file_path(str(template.path), config, rules[template.region], False):
        where = list(getattr(match, "path", None) or [])
        resource = where[1] if len(where) > 1 and where[0] == "Resources" else None
        found.append(project.Finding(template.path, match.linenumber, match.rule.id, resource, match.message))

version = importlib.metadata.version("cfn-lint")
project.verdict(f"cfn-lint {version}", judged, found, project.accepted("lint-accepted.txt"), known)
