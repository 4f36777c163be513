#!/usr/bin/env bash
# What action.yml runs. It takes its inputs from the environment; the server is the one of PREFECT_API_URL.
set -uo pipefail

report="${RUNNER_TEMP:-/tmp}/prefect-snapshot-report.md"
read -r -a flags <<< "$FLAGS"
tool() { node "$ACTION/bin/prefect-snapshot.js" "$@" -f markdown ${flags[@]+"${flags[@]}"}; }

# One comment a pull request: the next plan takes the place of the one before. It is known by its first line.
comment() {
  local mark='<!-- prefect-snapshot -->' body="$report.comment" id
  { echo "$mark"; cat "$report"; } > "$body"
  id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" \
    --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1) || return
  if [ -n "$id" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" > /dev/null
  else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" --field "body=@$body" > /dev/null
  fi
}

code=0
case "$COMMAND" in
  plan) tool plan "$SNAPSHOT" --out "$PLAN" --exit-code > "$report" || code=$? ;;
  apply) tool apply "$SNAPSHOT" --yes --journal "${RUNNER_TEMP:-/tmp}/prefect-journal-$$.ndjson" > "$report" || code=$? ;;
  drift) tool export -o "$SNAPSHOT" --check > "$report" || code=$? ;;
  *) echo "::error::command must be plan, apply or drift, and not '$COMMAND'"; exit 3 ;;
esac
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
cat "$report" >> "$GITHUB_STEP_SUMMARY"
if [ "$COMMAND" = plan ] && [ -n "${PULL_REQUEST:-}" ] && [ -s "$report" ]; then
  comment || { echo '::error::the plan could not be written as a comment'; exit 1; }
fi
# Changes are what a plan is for.
if [ "$COMMAND" = plan ] && [ "$code" = 2 ]; then exit 0; fi
exit "$code"
