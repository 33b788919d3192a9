# shellcheck shell=bash
# What both scripts of the action need: to fail so that a person sees why, and a workflow too.

# Ends the step with an error annotation and the output failure-reason.
fail() {
  local message=$1
  message=${message//'%'/%25}
  message=${message//$'\r'/%0D}
  message=${message//$'\n'/%0A}
  printf '::error title=bursar::%s\n' "$message"
  printf 'failure-reason=error\n' >>"$GITHUB_OUTPUT"
  exit 1
}
