"""Judge: AWS's cloudformation-validate, with every built-in rule, on every committed template, each for its own region.

`validate.py [PROJECT]`, by default this repository. Its levels are fatal, error, warn, info (and debug, not asked for);
rule ids are cfn-lint's where both have the rule. It knows no exceptions in templates; `project.verdict` applies them.
"""

import importlib.metadata

from cloudformation_validate import CelEngine, PseudoParameterOverrides, ReportStatus, ValidateConfig

import project

judged = project.templates()
engine = CelEngine()
found = []
for template in judged:
    config = ValidateConfig(pseudo_parameter_overrides=PseudoParameterOverrides(region=template.region))
    report = engine.validate_template(template.path, config)
    if report.status == ReportStatus.ANALYSIS_INCOMPLETE:
        found.append(project.Finding(template.path, 1, "incomplete", None, str(report.metadata.budget_exhaustions)))
    for item in report.diagnostics:
        resource = item.entity.logical_id if item.entity else None
        found.append(project.Finding(template.path, item.start_line or 1, item.rule_id, resource, item.message))

version = importlib.metadata.version("cloudformation-validate")
project.verdict(f"cloudformation-validate {version}", judged, found, project.accepted("validate-accepted.txt"))
