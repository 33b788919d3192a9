#!/usr/bin/env bash
# Runs `bursar ci COMMAND` with the inputs of the action as arguments, and ends as it ends.
# inputs.txt says which inputs there are; each comes in ACTION_INPUT_<NAME>, empty where it was not given.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/common.sh
. "$here/common.sh"

command=${ACTION_INPUT_COMMAND-}
case $command in
  plan | apply | check) ;;
  *) fail "the input command is \"$command\": it takes plan, apply or check" ;;
esac

arguments=(-C "${ACTION_INPUT_WORKING_DIRECTORY:-.}" ci "$command")
while read -r name kind commands; do
  case $name in '' | '#'*) continue ;; esac
  variable=ACTION_INPUT_$(printf '%s' "$name" | tr 'a-z-' 'A-Z_')
  value=${!variable-}
  if [ "$kind" = flag ]; then
    case $value in
      '' | false) continue ;;
      true) argument=--$name ;;
      *) fail "the input $name is \"$value\": it takes true or false" ;;
    esac
  else
    [ -n "$value" ] || continue
    argument=--$name=$value
  fi
  case ,$commands, in
    *,"$command",*) arguments+=("$argument") ;;
    *) fail "the input $name is not for $command: it belongs to ${commands//,/ and }" ;;
  esac
done <"$here/inputs.txt"

exec "$ACTION_BINARY" "${arguments[@]}"
