-- Sub-requests to the plugin: `http-request lua.subrequest verify` (a token with an unknown key) and
-- `http-request lua.subrequest authorize` (a Lambda authorizer). The plugin gets the request's headers, never its body.
-- Sets txn.decision, txn.signature (1 when a token's signature is valid) and txn.authorizer (JSON).
-- Arguments of lua-load: the plugin's Unix socket, and the prefix of the headers between HAProxy and the plugin. The names
-- behind the prefix are those of gateway/headers.py.

local socket, prefix = ...

local hop_by_hop = {
  ["connection"] = true, ["content-length"] = true, ["transfer-encoding"] = true, ["expect"] = true,
  ["host"] = true, ["upgrade"] = true, ["te"] = true, ["trailer"] = true, ["keep-alive"] = true,
}

local variables = {
  ["api"] = "txn.api",
  ["authorizer-id"] = "txn.authorizer_id",
  ["client-path"] = "txn.client_path",
  ["domain"] = "txn.domain",
  ["path"] = "txn.path",
  ["request-id"] = "txn.request_id",
  ["route-id"] = "txn.route_id",
  ["route-path"] = "txn.route_path",
  ["stage"] = "txn.stage",
  ["token"] = "txn.token",
}

local function client_headers(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not hop_by_hop[name] and name:sub(1, #prefix) ~= prefix then
      local list = {}
      for index = 0, #values do
        list[#list + 1] = values[index]
      end
      headers[name] = list
    end
  end
  return headers
end

local function subrequest(txn, kind)
  local headers = client_headers(txn)
  for name, variable in pairs(variables) do
    local value = txn:get_var(variable)
    if value then headers[prefix .. name] = { tostring(value) } end
  end
  headers[prefix .. "subrequest"] = { kind }
  headers[prefix .. "method"] = { txn.f:method() }
  headers[prefix .. "query"] = { txn.f:query() or "" }
  headers[prefix .. "source"] = { tostring(txn.f:src()) }
  local reply = core.httpclient():post{
    url = "http://plugin/", dst = "unix@" .. socket, headers = headers, body = "", timeout = 30000,
  }
  txn:set_var("txn.decision", "error")
  if not reply or reply.status ~= 200 then return end
  local values = reply.headers[prefix .. "decision"]
  local decision = values and (values[0] or values[1])
  if decision then txn:set_var("txn.decision", decision) end
  if kind == "verify" and decision == "allow" then txn:set_var("txn.signature", 1) end
  if reply.body and #reply.body > 0 then txn:set_var("txn.authorizer", reply.body) end
end

core.register_action("subrequest", { "http-req" }, subrequest, 1)

-- `http-response lua.pause`: the answer waits for a second (1000 ms).
core.register_action("pause", { "http-res" }, function(txn) core.msleep(1000) end, 0)
