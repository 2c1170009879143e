-- The rooms of the chat in a Redis or Valkey, for several processes: what rooms.py does.
--
-- A script runs as a whole, with nobody in between, so a room's next number, who is in
-- it and what all hear of it stay in step.
--
-- KEYS[1]  begins the names of all keys
-- ARGV     the verb, the process, and the verb's own arguments
-- returns  {code, position, last, users, messages, events}; see shared.py
--
--   :feed            a stream: all that anybody hears; its ids are the positions
--   :rooms           by room, since when it is empty; 0 if it is not
--   :last:ROOM       the last number; :highest, the highest of all rooms dropped
--   :history:ROOM    a stream of what was said; its ids are the numbers
--   :key:ROOM:...    the number that was said with a key
--   :members:ROOM    by connection, its user
--   :process:NAME    the rooms and connections of a process
--   :processes       by process, when it was last heard of
local verb, process = ARGV[1], ARGV[2]
local events = {}

local function key(...)
  return KEYS[1] .. ':' .. table.concat({...}, ':')
end

local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1000000
end

local function position()
  local newest = redis.call('XREVRANGE', key('feed'), '+', '-', 'COUNT', 1)
  return newest[1] and newest[1][1] or '0-0'
end

local function tell(kind, room, user, number, text, k)
  local id = redis.call('XADD', key('feed'), 'MAXLEN', '~', 10000, '*', 'kind', kind,
    'room', room, 'user', user, 'number', number, 'text', text, 'key', k)
  events[#events + 1] = {id, kind, room, user, number, text, k}
end

local function users(room)
  local seen, found = {}, {}
  for _, user in ipairs(redis.call('HVALS', key('members', room))) do
    if not seen[user] then
      seen[user] = true
      found[#found + 1] = user
    end
  end
  table.sort(found)
  return found, seen
end

local function forget(room)
  local last = tonumber(redis.call('GET', key('last', room)) or 0)
  if last > tonumber(redis.call('GET', key('highest')) or 0) then
    redis.call('SET', key('highest'), last)
  end
  redis.call('ZREM', key('rooms'), room)
  redis.call('DEL', key('last', room), key('history', room))
end

local function leave(of, connection, room)
  local user = redis.call('HGET', key('members', room), connection)
  if not user then return end
  redis.call('HDEL', key('members', room), connection)
  redis.call('SREM', key('process', of), room .. ' ' .. connection)
  local _, here = users(room)
  if not here[user] then tell('left', room, user, '0', '', '') end
  if next(here) then return end
  if redis.call('EXISTS', key('history', room)) == 1 then
    redis.call('ZADD', key('rooms'), now(), room)
  else
    forget(room)
  end
end

local function messages(room, first, final)
  local found = {}
  for _, entry in ipairs(redis.call('XRANGE', key('history', room), first, final)) do
    local fields = entry[2]
    found[#found + 1] = {string.match(entry[1], '^%d+'), fields[2], fields[4], fields[6]}
  end
  return found
end

local before = position()
local code, last, present, said = '', '0', {}, {}

if verb == 'enter' then
  local connection, room, user, since = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
  local rooms_allowed, users_allowed = tonumber(ARGV[7]), tonumber(ARGV[8])
  local exists = redis.call('ZSCORE', key('rooms'), room)
  local there, here = users(room)
  if not exists and redis.call('ZCARD', key('rooms')) >= rooms_allowed then
    local idle = redis.call('ZRANGEBYSCORE', key('rooms'), '(0', '+inf', 'LIMIT', 0, 1)
    if not idle[1] then return {'too-many-rooms', before, '0', {}, {}, {}} end
    forget(idle[1])
  end
  if #there >= users_allowed and not here[user] then
    return {'room-full', before, '0', {}, {}, {}}
  end
  if not exists then
    redis.call('SET', key('last', room), redis.call('GET', key('highest')) or 0)
  end
  redis.call('ZADD', key('rooms'), 0, room)
  redis.call('HSET', key('members', room), connection, user)
  redis.call('SADD', key('process', process), room .. ' ' .. connection)
  last = redis.call('GET', key('last', room))
  -- A number yet to come is from before a restart that lost the history.
  local start = since > tonumber(last) and 0 or since
  said = messages(room, '(' .. start, '+')
  present = users(room)
  if not here[user] then tell('here', room, user, '0', '', '') end

elseif verb == 'tell' then
  local room, user, text, k, kept = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
  local known = k ~= '' and redis.call('GET', key('key', room, user, k))
  said = known and messages(room, known, known) or {}
  if #said == 0 then
    local number = redis.call('INCR', key('last', room))
    redis.call('XADD', key('history', room), 'MAXLEN', kept, number .. '-0',
      'user', user, 'text', text, 'key', k)
    if k ~= '' then redis.call('SET', key('key', room, user, k), number, 'EX', 3600) end
    tell('message', room, user, tostring(number), text, k)
  end

elseif verb == 'exit' then
  leave(process, ARGV[3], ARGV[4])

elseif verb == 'tick' then
  -- A process that is killed says nothing any more: whoever is alive says so for it.
  local time, silence = now(), tonumber(ARGV[3])
  if not redis.call('ZSCORE', key('processes'), process) then code = 'new' end
  redis.call('ZADD', key('processes'), time, process)
  local dead = redis.call('ZRANGEBYSCORE', key('processes'), '-inf', time - silence)
  for _, name in ipairs(dead) do
    for _, entry in ipairs(redis.call('SMEMBERS', key('process', name))) do
      local room, connection = string.match(entry, '^(%S+) (%S+)$')
      leave(name, connection, room)
    end
    redis.call('ZREM', key('processes'), name)
    redis.call('DEL', key('process', name))
  end

elseif verb == 'once' then
  -- A token is good for one time, in whatever process.
  if not redis.call('SET', key('once', ARGV[3]), 1, 'NX', 'EX', ARGV[4]) then
    code = 'used'
  end
end

return {code, before, last, present, said, events}
