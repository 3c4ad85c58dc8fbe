"""The only code that writes rules, proposals, releases and the audit trail."""
